# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034
lacks() {
	have mvn
	for part in plugins/maven-surefire-plugin plugins/maven-compiler-plugin \
		plugins/maven-resources-plugin surefire/surefire-junit4; do
		[ -d "/usr/share/maven-repo/org/apache/maven/$part" ] ||
			echo "${part##*/} is not installed"
	done
	[ -d /usr/share/maven-repo/junit/junit/4.x ] || echo "junit4 is not installed"
}
# What Debian has of Maven's repository, and nothing else.
setup() {
	sed "s|@TMP@|$tmp|" settings.xml.in >settings.xml
	mkdir -p "$tmp/m2"
}
first() {
	mvn -q -s settings.xml test
	cat target/surefire-reports/TEST-*.xml >"$report"
	mv target/surefire-reports "$tmp/surefire-first"
}
base='mvn -q -s settings.xml test'
