"""What all tables share. Ids of the platform are opaque text; every row belongs to one shop; times are aware."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Every table of ours. The job queue's own tables belong to Procrastinate."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        dict[str, str]: JSONB,
    }


def shop_key() -> Mapped[int]:
    return mapped_column(ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True)


def shop_of() -> Mapped[int]:
    return mapped_column(ForeignKey("shops.id", ondelete="CASCADE"), index=True)
