"""The JSON API for ERPs and scripts, under /api/v1."""

from app.api.views import error_response, is_ours, register, unexpected

__all__ = ["error_response", "is_ours", "register", "unexpected"]
