echo "::error title=No course::The variable GRADER_COURSE says nothing: it names the course's repository, OWNER/NAME."
exit 2
