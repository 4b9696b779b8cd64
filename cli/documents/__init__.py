"""What people look at away from a terminal: one document, and a form of it for each kind of reader.

Read `model.py` (what a document is), then any form: `as_html.py`, `as_docx.py`, `as_xlsx.py`, `as_pdf.py`; `files.py`
picks the form by the ending of a file's name. What makes documents: `views.py` of any view's answer, `chronology.py`
in the layout that reviewers use, `twin.py` of an extract. A document is for reading and never evidence.
"""
