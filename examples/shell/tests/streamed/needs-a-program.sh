command -v a-program-nobody-has || { echo "a-program-nobody-has is not installed"; exit 77; }
