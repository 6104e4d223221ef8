"""The pages of simple records that administrators maintain: one generic page, declared by a row each."""
