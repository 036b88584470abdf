"""Many submissions at once.

| file | owns |
| --- | --- |
| `unpacking` | a download that is still zipped |
| `layouts` | what platforms hand out: which files in it are whose |
| `found_paths` | what lies in the folder of a class, and of what sort it is |
| `entries` | which entries of a folder are submissions |
| `course_files` | files of the course that lie among them |
| `content` | what an entry holds, read once, and a digest over all that its report can rest on |
| `class_files` | what lies in the folder of a class when a run begins: a digest for each submission |
| `course_content`, `private_folder` | specs, references and marks as bytes, and opened in a folder of their own |
| `work` | one entry, graded against its own assignment: a pure function of bytes |
| `reported_row` | the row of a report, also of one that is held |
| `graded` | what that comes to: a row of the table, and where the texts of its report and verdicts are |
| `verdicts`, `kept_row` | the verdict on one question, and a whole row, as they are kept, and what they rest on |
| `kept_facts` | what a row needs of a question, as it is kept beside the text of its verdict |
| `shared_verdicts` | answers that several submissions of a run share: judged once |
| `question_texts`, `read_answer` | a question as reports and gradebooks have it; one that a reader is asked about |
| `kept_texts`, `squeezed` | the texts of a row, packed: each question for itself; compressing that |
| `kept_entry`, `kept_attempts` | what is known of an entry beside its files; what a submission was worth each time |
| `kept_page` | what a page shows of a question, as it is kept with its verdict |
| `gradebook`, `gradebook_recorder` | every row that was ever graded into a folder of results, in one file |
| `last_run` | what the last run rested on and left, by which the same command again has nothing to do |
| `gradebook_file`, `gradebook_schema` | that file, locked and looked at for damage; its tables, and earlier ones |
| `regrading` | which submissions have to be graded; the others come from the gradebook |
| `row_before`, `damaged_row` | the last row of an entry; what is raised where it is not what was written |
| `gradebook_rows` | rows as an open gradebook gives them |
| `earlier_rows`, `packed_rows` | what was kept of entries that are graded again, read for several at once |
| `other_folders` | which rows that were graded from other folders stay, and what is said of them |
| `changed_marks`, `student_report` | whose marks a regrade has changed; one student's report with the answers |
| `executors` | where the work is done: in this process, in several, or on a cluster |
| `pool`, `workers`, `worker_process` | which worker has which tasks; a process on this machine; what it does |
| `waiting_tasks` | which of the tasks that wait a worker is given: what is alike goes to one |
| `worker_requests` | what is sent to one, so that nobody waits for it |
| `cluster_address`, `cluster_client` | how a cluster of Dask is named; connecting to it, or starting one here |
| `cluster` | the workers of a cluster of Dask, as the pool sees them |
| `cluster_worker`, `versions` | what a worker of a cluster does; what is installed there, and here |
| `grade_options`, `class_run` | what `grader grade` is asked to do; the steps of such a run |
| `run` | grading all of them, and the `Recorder` that each result is handed to |
| `people` | names and ids, and when two may be the same person's |
| `tables`, `roster`, `groups` | CSV files as spreadsheets write them; the course's students, and its groups |
| `class_members`, `membership` | whom a name means; who handed in which submission |
| `variant_students` | whose variants of questions a submission meets |
| `platform_times` | when, as platforms write it |
| `overrides`, `staff_decision`, `decided_about` | what people decided: `overrides.yaml`; one of it; about whom |
| `override_file` | a decision added to that file, in which everything else keeps its bytes |
| `course_decisions` | what a course says beside its questions, read before a class is graded |
| `lateness` | days late, and what they cost |
| `decisions`, `report_data` | rows after what people decided; the marks in the JSON of a report |
| `single` | the same for one submission alone |
| `spec_findings` | what `spec check` says of deadlines and decisions |
| `class_list`, `rows_of_members`, `class_row` | who gets the marks of which submission: the rows of `grades.csv` |
| `result_names` | the names of what lies in a folder of results |
| `cells` | cells that no spreadsheet takes for a formula, and titles of columns |
| `results_place` | where results may lie |
| `results`, `results_files` | a recorder: `grades.csv` and `reports/`, written so that they are whole or not there |
| `grades_table` | the cells of `grades.csv` |
| `student_page`, `pages_folder` | a student's page, made of what is kept; the pages beside the reports |
| `verdicts_of_rows` | what the gradebook keeps beside a report that stands in a folder of results |
| `class_details`, `class_page`, `class_page_file` | what the page of a class shows; the page; its files |
| `hidden_names` | which texts mention a student, where names are hidden |
| `readers_marks` | what a run says of readers' marks that have to be looked at again |
| `recorded_rows` | the rows read back from a folder of results |
| `platforms` | the marks as files that platforms take back |
| `progress` | recorders that show a run: a progress bar, a line a minute |
| `facts`, `counting`, `statistics` | what a report says of each question; counting that; what a class shows |
| `alike` | networks that few submissions share |
| `shown_class` | what a run shows of a class at its end |
| `display`, `histogram` | the table of a class, and marks as bars |
| `statistics_text`, `statistics_json` | what a class shows, for people and for programs |
| `schemas` | the JSON Schemas of the files of a course, for editors |
"""
