"""What a refusal says, whatever it is written in. Nobody documents the shape of Leadterra's errors.

document, salvage, markup, tables: any body as a bounded structure.
labels, paths, numerals, prose: what names, paths and sentences in it say of rows.
echoes: whose the values are that it repeats.
verdicts, fault, faults: what each of its errors says. `leads.hints` decides which rows are meant.
fieldname: which field is meant. `leads.complaint` tells it to a person.
"""
