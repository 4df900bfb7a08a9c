"""The words of the pages in the language of who reads them.

English is what stands in the code; `review_ui/locales/` holds what it becomes in another language. The modules here:
`locales` says which languages there are and which one a request gets, `catalogues` reads the files, `speaking` gives
the words, `written` dates and numbers, `lines` the errors, `extract` makes the files anew from the code.
"""
