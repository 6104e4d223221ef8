"""The pages of plain records that administrators keep: all are one page, declared by a row each."""
