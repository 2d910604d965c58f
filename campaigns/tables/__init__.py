"""The registry as officials keep it in spreadsheets: from CSV or XLSX, every fault by its cell."""
