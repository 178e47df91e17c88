"""The tables, declared once; everything else (storage, ids, validation, infrastructure, docs) reads them."""
