# SPDX-License-Identifier: MIT
# Completion for the tools of testpipe: options from --help, formats from
# tconv --list, files.

_testpipe_runs() {
	echo latest
	tstore list --format json 2>/dev/null |
		sed 's/^{"run":"\([^"]*\)".*/\1/'
}

_testpipe() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local tool=${COMP_WORDS[0]##*/} words=

	# Options may follow a command, too.
	case $tool:$prev:$cur in
	tstore:info:-* | tstore:replay:-* | tstore:export:-*) prev= ;;
	tstore:info:* | tstore:replay:* | tstore:export:*) prev=-R ;;
	esac
	case $prev in
	-f | --from)
		words=$(tconv --list 2>/dev/null | awk 'NR > 1 && $2 != "-" { print $1 }')
		;;
	-R | --run | --rerun)
		words=$(_testpipe_runs)
		;;
	--status-level)
		words='none fail retry slow leak pass skip all'
		;;
	--final-status-level)
		words='none fail flaky slow skip pass all'
		;;
	--success-output | --failure-output)
		words='never immediate final immediate-final'
		;;
	--color)
		words='auto always never'
		;;
	-t | --to)
		words=$(tconv --list 2>/dev/null | awk 'NR > 1 && $3 != "-" { print $1 }')
		;;
	--for)
		words=$(trerun --runners 2>/dev/null | awk '{ print $1 }')
		;;
	*)
		case $cur in
		-*)
			words=$("$tool" --help 2>/dev/null |
				grep -oE -- '--[a-z-]+' | sort -u)
			;;
		*)
			if [ "$tool" = tstore ] && [ "$COMP_CWORD" = 1 ]; then
				words='record list info latest replay export import prune history flaky'
			fi
			if [ "$tool" = tconform ] && [ "$COMP_CWORD" = 1 ]; then
				words='run check list explain copy gen matrix xfail validate schema selftest'
			fi
			if [ "$tool" = tconv ] && [ "$COMP_CWORD" = 1 ]; then
				words=$(tconv --list 2>/dev/null |
					awk 'NR > 1 && $3 != "-" { print $1 }')
			fi
			;;
		esac
		;;
	esac
	if [ "$tool" = trun ] && [ -z "$words" ] && [ "${cur#-}" = "$cur" ]; then
		mapfile -t COMPREPLY < <(compgen -c -f -- "$cur" | sort -u)
	elif [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _testpipe ttee tconv tmerge tfilter tsum trerun tdiff trun tstore tconform
