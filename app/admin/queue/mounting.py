"""Where the pages about the queue are mounted."""

from flask import Blueprint

views = Blueprint("queue", __name__)
