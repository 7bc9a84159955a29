// A disk that takes 5 ms more for every sync: SQLite's VFS calls this function in place of the C library's, as a
// program comes before its libraries. For the bench alone: the product's programs are not linked with it.

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <thread>

extern "C" int fdatasync(int file)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}
