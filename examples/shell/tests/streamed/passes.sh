echo "this goes with the test that said it"
