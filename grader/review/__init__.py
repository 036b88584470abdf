"""The reader's desk: a page in the local browser on which people mark written answers and look at appeals."""
