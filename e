tconform validate: a schema and a file are needed
try 'tconform validate --help'
