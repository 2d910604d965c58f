"""Reports: the matrix, coverage with honest bounds, who was not reached, and the files."""

from engine.reports.coverage import Bounds, Coverage, HamletCoverage, coverage
from engine.reports.matrix import Cell, Matrix, MatrixRow, matrix
from engine.reports.report import Report, build_report
from engine.reports.screen import CampaignLine, overview, overview_table, status_table
from engine.reports.unreached import Reason, Unreached, unreached
from engine.reports.writing import write_report

__all__ = [
    "Bounds",
    "CampaignLine",
    "Cell",
    "Coverage",
    "HamletCoverage",
    "Matrix",
    "MatrixRow",
    "Reason",
    "Report",
    "Unreached",
    "build_report",
    "coverage",
    "matrix",
    "overview",
    "overview_table",
    "status_table",
    "unreached",
    "write_report",
]
