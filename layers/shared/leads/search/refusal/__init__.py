"""What a refusal says, whatever it is written in. Nobody documents the shape of Leadterra's errors.

document, salvage, markup, tables: any body as a bounded structure.
labels, paths, numerals, prose: what names, paths and sentences in it say of rows.
values, echoes: whose the values are that it repeats.
verdicts, fault, faults: what each of its errors says.
suspicion: which rows they mean, for `leads.search.hints`.
fieldname, words: which field is meant and what a person should read, for `leads.search.complaint`.
"""
