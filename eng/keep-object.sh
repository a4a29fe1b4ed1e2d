#!/bin/sh
# keep-object.sh COMPILER ARGUMENTS... -c -o OBJECT SOURCE: compiles, and keeps the objects of Verilator's own sources,
# which are the same for every simulation, in the folder OBJECTS. Verilator's makefiles take it as OBJCACHE.
for source; do :; done
case "$source" in
    */include/verilated*.cpp) ;;
    *) exec "$@" ;;
esac
object=$(basename "$source" .cpp).o
kept=$OBJECTS/$(printf '%s\n' "$@" | cksum | tr ' ' -).o
if [ ! -f "$kept" ]; then
    "$@" || exit
    # Under another name first: two may compile the same at once.
    cp "$object" "$kept.$$" && mv "$kept.$$" "$kept"
else
    cp "$kept" "$object"
fi
