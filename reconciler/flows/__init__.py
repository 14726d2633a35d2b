"""Amazon Connect's flow language: the content of flows and modules, what it means, and how two of them differ.

    document.py       fields of kinds: FlowDocument, ModuleDocument
    envelope.py       content out of AWS's answers; the old format
    parsing.py        content → Flow; structure.py: its structural faults
    catalogue.py      what is known of each type of action
    meaning.py        the meaning, and a flow in the spelling of another
    view.py           the view by block, on which differences are shown; from_view.py: the way back
    describing.py     differences in words
    file_form.py      the text of a file
    mermaid.py        a drawing
    audits.py         notes on what AWS refuses, and on what callers would suffer

It is pure, and knows neither kinds nor ids.
"""
