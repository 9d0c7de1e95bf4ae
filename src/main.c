/* main - which face is being spoken to? The command line, until others join. */
#include <fcntl.h>
#include <unistd.h>

#include "face/cli.h"

/* A closed stdin, stdout or stderr must not become the number of a file we write. */
static void open_standard_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        (void)close(fd);
}

int main(int argc, char **argv)
{
    open_standard_streams();
    return cli_main(argc, argv);
}
