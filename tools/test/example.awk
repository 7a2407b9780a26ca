# SPDX-License-Identifier: MIT
#
# The literal display of a manual page that starts with the comment /* FILE */:
#
#   awk -v file=FILE -f example.awk PAGE
/^\.Bd -literal/ { start = 1; next }
/^\.Ed/ { on = 0 }
start { on = $0 == "/* " file " */"; start = 0 }
on { gsub(/\\e/, "\\"); print }
