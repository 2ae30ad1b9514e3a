import subprocess
import sys


def test_the_graph_package_runs_without_django():
    code = (
        "import sys, workflows.graph.parse, workflows.graph.validate\n"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
