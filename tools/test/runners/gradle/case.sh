# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034
lacks() {
	have gradle
	[ -d /usr/share/maven-repo/junit/junit/4.x ] || echo "junit4 is not installed"
}
# The tests are those for surefire, but for the class that Gradle runs twice.
setup() {
	cp -R "$root/tools/test/runners/surefire/src" .
	rm src/test/java/nasty/OuterTest.java
	GRADLE_USER_HOME=$tmp/gradle
	export GRADLE_USER_HOME
}
first() {
	gradle --offline --no-daemon -q test
	cat build/test-results/test/TEST-*.xml >"$report"
}
base='gradle --offline --no-daemon -q test'
