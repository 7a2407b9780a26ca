#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# Tests in Perl that speak test-events 1.0, with nothing but what comes with
# Perl. Copy this file and replace what is below "scenarios" by your own
#
#	test(name => sub { check($got == 3, "got $got") });
#
# Each test runs in a process of its own. What it prints is caught and told as
# case_output; only the parent writes events.
use strict;
use warnings;
use Encode ();
use Fcntl;
use IO::Select;
use JSON::PP ();
use MIME::Base64 ();
use POSIX ();
use Time::HiRes ();

my (@tests, $out, $report, %running, %counts, @open_suites, $stop);
my $begin = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC());
my $json = JSON::PP->new->utf8->canonical->allow_nonref;

# ---- for tests ----

# test(name => sub { ... }, suite => ..., ignored => "reason", bench => 1)
sub test {
	my ($name, $body, %more) = @_;
	push @tests, { name => $name, body => $body, %more };
}

# Goes on when it is not so; true when it is.
sub check {
	my ($ok, $message) = @_;
	my (undef, $file, $line) = caller;
	tell_parent(message => $message, file => $file, line => $line) if !$ok;
	return $ok;
}

sub skip {
	my ($reason) = @_;
	tell_parent(skip => 1, reason => $reason);
	die "skip\n";
}

sub metric {
	my ($name, $value, $unit) = @_;
	tell_parent(metric => $name, value => $value, unit => $unit);
}

# ---- the stream ----

sub usage {
	print STDERR "tests: @_\n";
	exit 2;
}

sub open_stream {
	my $fd = delete $ENV{TEST_EVENTS_FD};
	my $most = delete $ENV{TEST_EVENTS_MAX_VERSION};
	if (defined $most && $most ne '') {
		usage("cannot write test-events as low as \"$most\"")
		    if $most !~ /^([0-9]+)\.([0-9]+)\z/a || $1 < 1;
	}
	$fd = 1 if !defined $fd || $fd eq '';
	usage("TEST_EVENTS_FD is no descriptor: \"$fd\"")
	    if $fd !~ /^[0-9]+\z/a;
	open($out, '>&=', $fd)
	    or usage("TEST_EVENTS_FD is no open descriptor: \"$fd\"");
	fcntl($out, F_SETFD, FD_CLOEXEC);
}

# A string of bytes or characters as a JSON string; what is not UTF-8 as
# U+FFFD.
sub text {
	my ($s) = @_;
	return utf8::is_utf8($s) ? $s : Encode::decode('UTF-8', $s);
}

sub emit {
	my ($event, @members) = @_;
	my @parts = '"event":' . $json->encode($event);
	my $now = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC());
	push @members, elapsed_ns => int(($now - $begin) * 1e9);
	while (my ($key, $value) = splice @members, 0, 2) {
		next if !defined $value;
		push @parts, $json->encode($key) . ':' . $json->encode($value);
	}
	my $line = '{' . join(',', @parts) . "}\n";
	while (length $line) {
		my $n = syswrite $out, $line;
		next if !defined $n && $!{EINTR};
		if (!defined $n) {
			print STDERR "tests: cannot write events: $!\n";
			POSIX::_exit(1);
		}
		substr $line, 0, $n, '';
	}
}

# ---- running ----

sub tell_parent {
	my (%what) = @_;
	$_ = defined $_ ? text($_) : undef for values %what;
	my $line = $json->encode(\%what) . "\n";
	syswrite $report, $line;
}

sub run_child {
	my ($test, $attempt) = @_;
	my $ok = eval {
		skip($test->{ignored}) if exists $test->{ignored};
		$test->{body}->($attempt);
		1;
	};
	if (!$ok && $@ ne "skip\n") {
		my $why = $@;
		chomp $why;
		tell_parent(message => $why, error => 1);
	}
	tell_parent(done => 1);
	STDOUT->flush;
	POSIX::_exit(0);
}

sub who {
	my ($run) = @_;
	my $test = $run->{test};
	return (suite => $test->{suite}, name => text($test->{name}),
	    iteration => $run->{iteration}, attempt => $run->{attempt});
}

sub start {
	my ($run) = @_;
	my %pipe;
	emit('case_start', who($run), mode => $run->{test}{bench} && 'bench');
	pipe($pipe{$_}[0], $pipe{$_}[1]) for qw(stdout stderr report);
	my $pid = fork;
	die "tests: cannot fork: $!\n" if !defined $pid;
	if ($pid == 0) {
		$SIG{TERM} = $SIG{INT} = 'DEFAULT';
		open STDOUT, '>&', $pipe{stdout}[1];
		open STDERR, '>&', $pipe{stderr}[1];
		binmode STDOUT;
		$report = $pipe{report}[1];
		run_child($run->{test}, $run->{attempt} || 1);
	}
	for my $name (keys %pipe) {
		close $pipe{$name}[1];
		$run->{text}{$name} = '';
		$run->{open}{fileno $pipe{$name}[0]} =
		    [$name, $pipe{$name}[0]];
	}
	$running{$pid} = $run;
}

sub tell_output {
	my ($run, $name) = @_;
	my $bytes = $run->{text}{$name};
	return if $bytes eq '';
	my $text = eval { Encode::decode('UTF-8', my $copy = $bytes, 1) };
	emit('case_output', who($run), stream => $name, defined $text ?
	    (text => $text) :
	    (text_b64 => MIME::Base64::encode_base64($bytes, '')));
}

# What the child told, as events; the outcome of the attempt.
sub tell_report {
	my ($run, $status) = @_;
	my ($outcome, $how, $reason, $done) = ('pass');
	for my $line (split /\n/, $run->{text}{report}) {
		my $t = $json->decode($line);
		if (exists $t->{message}) {
			$outcome = 'fail';
			$how = 'error' if $t->{error};
			emit('case_message', who($run), kind => 'error',
			    message => $t->{message}, location => $t->{file} &&
			    { file => $t->{file}, line => 0 + $t->{line} });
		} elsif (exists $t->{metric}) {
			emit('case_metric', who($run), metric => $t->{metric},
			    value => 0 + $t->{value}, unit => $t->{unit});
		} elsif ($t->{skip}) {
			($outcome, $reason) = ('skip', $t->{reason});
		}
		$done = 1 if $t->{done};
	}
	if (!$done) {
		($outcome, $how) = ('fail', 'crash');
		emit('case_message', who($run), kind => 'error',
		    message => $status & 127 ? 'ended by signal ' .
		    ($status & 127) : 'ended with status ' . ($status >> 8));
	}
	return ($outcome, $how, $reason);
}

sub complete {
	my ($pid, $status, $retries) = @_;
	my $run = delete $running{$pid};
	tell_output($run, $_) for qw(stdout stderr);
	my ($outcome, $how, $reason) = tell_report($run, $status);
	emit('case_complete', who($run), outcome => $outcome, status => $how,
	    reason => $reason);
	my $attempt = $run->{attempt} || 1;
	if ($outcome eq 'fail' && $attempt <= $retries) {
		return { %$run, attempt => $attempt + 1, open => {} };
	}
	$counts{$outcome}++;
	return;
}

# Reads what running tests write; the pids of those that closed all.
sub listen_to_children {
	my $all = IO::Select->new(map { $_->[1] } map { values %{$_->{open}} }
	    values %running);
	my %ready = map { fileno($_) => 1 } $all->can_read(1);
	for my $run (values %running) {
		for my $fd (grep { $ready{$_} } keys %{$run->{open}}) {
			my ($name, $from) = @{$run->{open}{$fd}};
			my $n = sysread $from, $run->{text}{$name}, 65536,
			    length $run->{text}{$name};
			delete $run->{open}{$fd} if defined $n && $n == 0;
		}
	}
	return grep { !%{$running{$_}{open}} } keys %running;
}

sub run_all {
	my ($threads, $retries, @queue) = @_;
	while (@queue || %running) {
		stop_run($stop) if $stop;
		start(shift @queue) while @queue && keys %running < $threads;
		for my $pid (listen_to_children()) {
			waitpid $pid, 0;
			my $again = complete($pid, $?, $retries);
			unshift @queue, $again if $again;
		}
	}
}

sub finish {
	my ($status) = @_;
	my $good = !$counts{fail} && !$status;
	emit('run_complete', outcome => $good ? 'pass' : 'fail',
	    status => $status, counts => \%counts);
	return $good ? 0 : 1;
}

sub stop_run {
	my ($signal) = @_;
	emit('run_cancel', reason => "SIG$signal");
	for my $pid (keys %running) {
		kill KILL => $pid;
		waitpid $pid, 0;
		emit('case_complete', who($running{$pid}), outcome => 'fail',
		    status => 'abort');
		$counts{fail}++;
	}
	emit('suite_complete', suite => $_) for reverse @open_suites;
	exit finish('abort');
}

# run_tests([ARG...]): what the program ends with.
sub run_tests {
	my %o = (threads => 1, retries => 0, repeat => 1, format => '');
	while (defined(my $arg = shift)) {
		if ($arg eq '--format') {
			$o{format} = shift // usage('--format of what?');
		} elsif ($arg =~ /^--(threads|retries|repeat|format)=(.+)\z/s) {
			$o{$1} = $2;
		} elsif ($arg eq '--list') {
			$o{list} = 1;
		} elsif ($arg =~ /^[^-]/) {
			$o{filter} = $arg;
		} else {
			usage("unknown option: $arg");
		}
	}
	usage('--format json is all it can do') if $o{format} ne 'json';
	open_stream();
	emit('protocol', version => '1.0', producer => { name => 'perl.pl' });
	my @chosen = grep { !defined $o{filter} ||
	    index($_->{name}, $o{filter}) >= 0 } @tests;
	if ($o{list}) {
		emit('discover_start');
		emit('discover_case', name => text($_->{name})) for @chosen;
		emit('discover_complete', total => scalar @chosen);
		return 0;
	}
	%counts = (pass => 0, fail => 0, skip => 0);
	# The loop looks at it: a handler could cut a line in two.
	$SIG{TERM} = $SIG{INT} = sub { $stop = shift };
	emit('run_start', total => scalar @chosen);
	run_suite(\%o, undef, undef, @chosen);
	return finish();
}

# The tests of one suite, then the suites in it: "a/b" is in "a".
sub run_suite {
	my ($o, $suite, $parent, @from) = @_;
	if (defined $suite) {
		emit('suite_start', suite => $suite, parent => $parent);
		push @open_suites, $suite;
	}
	my (@queue, %inner);
	for my $t (@from) {
		my $path = $t->{suite} // '';
		if ($path eq ($suite // '')) {
			push @queue, map { { test => $t,
			    iteration => $o->{repeat} > 1 ? $_ : undef } }
			    1 .. $o->{repeat};
		} else {
			my $rest = substr $path, defined $suite ?
			    1 + length $suite : 0;
			$rest =~ s{/.*}{}s;
			push @{$inner{$rest}}, $t;
		}
	}
	run_all($o->{threads}, $o->{retries}, @queue);
	for my $name (sort keys %inner) {
		run_suite($o, defined $suite ? "$suite/$name" : $name, $suite,
		    @{$inner{$name}});
	}
	emit('suite_complete', suite => pop @open_suites) if defined $suite;
}

# ---- scenarios: the test programs of the conformance suite ----

sub passes { }

sub lost {
	select undef, undef, undef, 0.2;
	check(0, 'lost');
}

sub sum {
	my $start = Time::HiRes::time();
	my $total = 0;
	$total += $_ for 1 .. 100_000;
	metric(time => 1e9 * (Time::HiRes::time() - $start), 'ns/iter');
}

my ($scenario, @args) = @ARGV;
my $short = sub { select undef, undef, undef, 0.2 };
my %scenarios = (
	'pass' => sub { test(one => \&passes) },
	'fail' => sub { test(one => sub { check(0, 'left != right') }) },
	'fail-multi' => sub {
		test(one => sub { check(0, $_) for qw(first second third) });
	},
	'quotes' => sub {
		test(quoted => sub {
			check(0, "say \"hi\" to C:\\new\n%s ]]> \xc3\xa9");
		});
	},
	'skip-static' => sub {
		test(one => sub { check(0, 'it ran') }, ignored => 'not today');
	},
	'skip-dynamic' => sub { test(one => sub { skip('no network') }) },
	'skip-noreason' => sub { test(one => sub { skip() }) },
	'zero' => sub { },
	'one-of-each' => sub {
		test(good => \&passes);
		test(bad => sub { check(0, 'wrong answer') });
		test(idle => \&passes, ignored => 'not today');
	},
	'nested-3' => sub {
		test(in_outer => \&passes, suite => 'outer');
		test(in_middle => \&passes, suite => 'outer/middle');
		test(in_inner => \&passes, suite => 'outer/middle/inner');
	},
	'same-name' => sub {
		test(same => sub { check(0, 'left is wrong') }, suite => 'left');
		test(same => \&passes, suite => 'right');
	},
	'param-100' => sub {
		for my $n (0 .. 99) {
			test("param $n" => sub { check($n != 42, 'no answer') });
		}
	},
	'retry-2' => sub {
		push @args, '--retries=2';
		test(flaky => sub { check($_[0] > 1, 'too early') });
	},
	'retry-exhaust' => sub {
		push @args, '--retries=2';
		test(never => sub { check(0, 'still not') });
	},
	'stress-3' => sub {
		push @args, '--repeat=3';
		test(steady => \&passes);
	},
	'bench' => sub { test(sum => \&sum, bench => 1) },
	'bench-as-test' => sub { test(sum => \&passes, bench => 1) },
	'list' => sub {
		push @args, '--list';
		test($_ => \&passes) for qw(one two three);
	},
	'filter-some' => sub {
		push @args, 'beta';
		test($_ => \&passes) for qw(alpha beta gamma);
	},
	'filter-none' => sub {
		push @args, 'delta';
		test($_ => \&passes) for qw(alpha beta gamma);
	},
	'slow' => sub { test(slow => sub { select undef, undef, undef, 1.5 }) },
	'parallel-4' => sub {
		push @args, '--threads=4';
		test($_ => $_ eq 'south' ? \&lost : $short)
		    for qw(north east south west);
	},
	'parallel-16x64k' => sub {
		push @args, '--threads=16';
		for my $i (0 .. 15) {
			test(sprintf('load%02d', $i) => sub {
				print chr(97 + $i) x 65536;
			});
		}
	},
	'stdout-noise' => sub {
		test(noisy => sub {
			print "hello from the test\nno line end";
		});
	},
	'stdout-spoof' => sub {
		test(liar => sub {
			print qq({"event":"run_complete","outcome":"pass"}\n);
			check(0, 'caught');
		});
	},
	'stdout-binary' => sub {
		test(bytes => sub { print "\xff\xfe\0A\n" });
	},
	'long-name' => sub { test('long_' . 'n' x 1000 => \&passes) },
	'panic' => sub {
		test(boom => sub { die "boom\n" });
		test(after => \&passes);
	},
	'abort' => sub { test(dies => sub { POSIX::abort() }) },
	'exit0' => sub { test(leaves => sub { POSIX::_exit(0) }) },
	'sigterm' => sub { test(waits => sub { sleep 30 }) },
	'start' => sub {
		test(starter => sub {
			system 'sh', '-c', 'echo "fd=[$TEST_EVENTS_FD] ' .
			    'max=[$TEST_EVENTS_MAX_VERSION]"; echo stray >&3';
		});
	},
	'fork' => sub {
		test(parent => sub { system 'echo', 'hello from the child' });
	},
);
exit 77 if defined $scenario && !$scenarios{$scenario};
$scenarios{$scenario}->() if defined $scenario;
exit run_tests(@args);
