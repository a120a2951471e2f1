"""Files in and out: rules and purchase orders as CSV or XLSX, all rows or none."""

from app.imports.ending import end
from app.imports.limits import BadFile
from app.imports.report import Report
from app.imports.table import Table, read

__all__ = ["BadFile", "Report", "Table", "end", "read"]
