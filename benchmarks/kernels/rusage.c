/* Runs a command and writes what it cost: CPU seconds (user and system, its children's included) and peak memory in KiB of
   its largest process, to the file named first. A process of its own, because a parent's memory counts towards its child's peak. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec * 1e-6; }

int main(int argc, char** argv) {
    if (argc < 3)
        return 125;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return 126;
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    FILE* file = fopen(argv[1], "w");
    if (!file)
        return 126;
    fprintf(file, "%.6f %ld\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
