# SPDX-License-Identifier: MIT
use strict;
use warnings;
use Test::More tests => 2;

my $outcome = $0 =~ /one/ ? 'pass' : 'fail';
open my $ran, '>>', $ENV{RAN} or die;
print $ran "$outcome $0\n";
close $ran;
ok 1, 'adds';
is $outcome, 'pass', 'adds more';
