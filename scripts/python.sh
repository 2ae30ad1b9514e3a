# Sets PYTHON to an interpreter that is new enough, or ends with one line.
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHON=$candidate
        return 0
    fi
done
echo "Copyloom needs Python 3.11 or newer; found: $(python3 --version 2>/dev/null || echo none)." >&2
exit 1
