#!/usr/bin/env bash
# Runs every test. --long runs the long forms too: a million mutants and a hundred thousand random models against ONNX Runtime among them, each night
# from another seed on. HLS4NET_SEED repeats a night's.
set -euo pipefail
cd "$(dirname "$0")"
. eng/prerequisites.sh

for argument in "$@"; do
    case "$argument" in
        --long)
            export HLS4NET_LONG=1 HLS4NET_SEED="${HLS4NET_SEED:-$(($(date +%s) / 86400 % 2000 * 1000000))}"
            echo "Random tests begin with seed $HLS4NET_SEED; HLS4NET_SEED=$HLS4NET_SEED repeats them."
            ;;
        *) fail "usage: ./test.sh [--long]" ;;
    esac
done

require_dotnet
require_package g++ g++
require_package git git
# The tests of the open flow are skipped without these.
require_yosys
require_package verilator verilator
require_package iverilog iverilog
require_package make make
require_package tclsh tcl
install_yowasp || echo "No npm, or no @yowasp/yosys from it: the tests of Yosys as WebAssembly are skipped."

dotnet build Hls4Net.slnx -v quiet --nologo

temporary=$(memory_folder || mktemp -d)
trap 'rm -rf "$temporary"' EXIT
log=$temporary/log
# Tests write tens of thousands of small files, and a disk takes longer over them than the tests do.
[ -n "${TMPDIR:-}" ] || export TMPDIR=$temporary
# Every simulation of Verilator's has the same run time, which takes longer to compile than a small network.
mkdir "$temporary/objects"
export OBJECTS=$temporary/objects OBJCACHE="${OBJCACHE:-$PWD/eng/keep-object.sh}"
status=0
# Both assemblies at once, a process each.
dotnet test Hls4Net.slnx --no-build --nologo | tee "$log" || status=1

# The counts of all projects, from lines such as: Passed!  - Failed:     0, Passed:     8, Skipped:     0, Total:     8, ...
awk -v projects="$(ls tests/*/*.csproj | wc -l)" -v status="$status" '
    /^(Passed|Failed|Skipped)! +- Failed:/ {
        gsub(/,/, "")
        for (i = 1; i < NF; i++) count[$i] += $(i + 1)
        seen++
    }
    END {
        if (seen != projects) print "Only " seen + 0 " of " projects " test projects ended."
        printf "%d passed, %d failed, %d skipped\n", count["Passed:"], count["Failed:"], count["Skipped:"]
        exit status != 0 || seen != projects || count["Failed:"] > 0
    }' "$log"
