# Sourced by the scripts at the root: checks for what they need, and installs what it may.

fail() {
    echo "$*" >&2
    exit 1
}

require_dotnet() {
    command -v dotnet >/dev/null ||
        fail "The .NET SDK is missing: global.json names the version, https://dotnet.microsoft.com/download has it."
    # Fails, saying which versions there are, if none satisfies global.json.
    dotnet --version >/dev/null || fail "No installed .NET SDK satisfies global.json."
}

# require_package COMMAND PACKAGE: installs the package with apt-get when run as root, else prints the command that does.
require_package() {
    command -v "$1" >/dev/null && return
    command -v apt-get >/dev/null || fail "'$1' is missing: install it with your system's package manager."
    [ "$(id -u)" -eq 0 ] || fail "'$1' is missing. Install it with: sudo apt-get install -y $2"
    echo "'$1' is missing: installing $2 with apt-get."
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$2" >/dev/null || fail "apt-get could not install $2."
}

# install_yowasp: Yosys as WebAssembly into node_modules here, where builds of this repository find it; false without npm or its registry.
install_yowasp() {
    [ -f node_modules/@yowasp/yosys/package.json ] && return
    command -v npm >/dev/null && npm install --silent --ignore-scripts --no-save --no-audit --no-fund --prefix . @yowasp/yosys@0.55.944 >/dev/null
}

# require_yosys: Debian's package, or where there is no apt-get npm's.
require_yosys() {
    command -v yosys >/dev/null && return
    if command -v apt-get >/dev/null; then
        require_package yosys yosys
    else
        install_yowasp || fail "'yosys' is missing: install it with your system's package manager, or npm, which has it as @yowasp/yosys."
    fi
}

# memory_folder: makes a folder on the file system in memory and prints it; false where there is none with a few
# gigabytes of room that may hold programs.
memory_folder() {
    [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -ge 4000000 ] || return
    local folder
    folder=$(mktemp -d /dev/shm/hls4net-XXXXXX) || return
    printf '#!/bin/sh\n' >"$folder/try" && chmod +x "$folder/try" && "$folder/try" 2>/dev/null && rm "$folder/try" && echo "$folder" && return
    rm -rf "$folder"
    return 1
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
