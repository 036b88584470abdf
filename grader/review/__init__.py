"""The reader's desk: a page in the local browser on which people mark written answers and look at appeals.

In the order in which a reader meets them:

| file | what it owns |
| --- | --- |
| `pending` | a review: the written questions of an assignment, and every answer that can be read |
| `handed_in` | the files of a submission, for a reader who opens them |
| `excused` | answers that nobody has to read, as people have decided |
| `marks_store`, `marks_text` | the file of marks as several readers write it; its text in pieces |
| `grouping`, `likeness` | identical answers, and what differs in two; how like each other texts are |
| `agreement` | how far two readers agree |
| `desk_answers` | answers as one reader meets them, in groups, with keys that tell no names |
| `desk` | what one reader works through; every change of a mark goes through it |
| `grouping_job`, `drafts` | grouping beside the desk; notes on answers that are not marked yet |
| `appeals` | any question of a submission, and points with a reason |
| `prose` | an answer as safe HTML |
| `views`, `answer_view` | what pages show, as plain values |
| `pages` | the templates, the style sheet and the script |
| `forms`, `responses` | what forms send; pages, errors and files as answers |
| `answer_pages`, `appeal_pages` | what the addresses of answers and of appeals show and do |
| `guard` | who may ask: the token, the host, the origin |
| `server`, `serve` | all addresses; a port of this machine |
| `files` | marks without a browser, as the command has them |
| `template`, `terminal` | a file of marks to fill in; marking in a terminal |
| `spreadsheet`, `spreadsheet_marks` | a table for a spreadsheet; its marks read back |
"""
