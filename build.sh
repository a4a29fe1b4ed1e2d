#!/usr/bin/env bash
# Builds the sample's firmware in Release and prints what it is like.
set -euo pipefail
cd "$(dirname "$0")"
. eng/prerequisites.sh

require_dotnet
require_package g++ g++

dotnet build samples/TriggerModel -c Release -v minimal --nologo

# A line of figures from each report.json. Top-level keys are indented by two blanks, their members by four.
for report in artifacts/bin/TriggerModel/release/*.report.json; do
    awk -v page="${report%.json}.html" '
        /^  "/   { section = key() }
        /^  "model"/ { model = value() }
        /^    "/ { figure[section "." key()] = value() }

        function key(   k) { k = $1; gsub(/[":]/, "", k); return k }
        function value(   v) { v = $0; sub(/^[^:]*: */, "", v); sub(/,$/, "", v); gsub(/"/, "", v); return v == "null" ? "unknown" : v }
        function estimate(name) { return figure["estimate." name] }
        function verified(name) { return figure["verification." name] }

        END {
            printf "%s: latency %s cycles, interval %s; %s LUT, %s FF, %s DSP, %s BRAM (estimates); ", model,
                estimate("latencyCycles"), estimate("interval"), estimate("lut"), estimate("ff"), estimate("dsp"), estimate("bram18")
            printf "%s vectors (%s simulator), largest error %.3g, overflows %s; report: %s\n",
                verified("samples"), verified("simulator"), verified("maxAbsError"), verified("overflows"), page
        }' "$report"
done
