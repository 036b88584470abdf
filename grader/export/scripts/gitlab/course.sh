# The course, over whatever was pushed in its place. The token is in no file, and in no command line of another program.
if [ -z "${GRADER_COURSE:-}" ]; then
  echo "The variable GRADER_COURSE says nothing: it names the course's project, GROUP/NAME."
  exit 2
fi
rm -rf -- .grader-course
if [ -n "${GRADER_COURSE_TOKEN:-}" ]; then
  login="oauth2:$GRADER_COURSE_TOKEN"
else
  login="gitlab-ci-token:$CI_JOB_TOKEN"
fi
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader \
  GIT_CONFIG_VALUE_0="Authorization: Basic $(printf %s "$login" | base64 | tr -d '\n')" \
  git clone --quiet --depth 1 ${GRADER_COURSE_REF:+"--branch=$GRADER_COURSE_REF"} -- \
  "$CI_SERVER_URL/$GRADER_COURSE.git" .grader-course
