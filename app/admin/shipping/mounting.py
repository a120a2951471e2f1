"""Where the pages about shipping are mounted."""

from flask import Blueprint

views = Blueprint("shipping", __name__)
