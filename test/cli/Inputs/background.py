# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""background.py OUTPUT COMMAND…: runs the command as a background job of a terminal that stops such jobs when they write to it.

Its standard output goes to OUTPUT; standard input and standard error are the terminal. Ends with the command's status, or 99 if it was stopped.
"""
import os
import pty
import sys
import termios

output, *command = sys.argv[1:]
leader, terminal = pty.fork()
if leader == 0:
    settings = termios.tcgetattr(0)
    settings[3] |= termios.TOSTOP
    termios.tcsetattr(0, termios.TCSANOW, settings)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        os.execvp(command[0], command)
    _, status = os.waitpid(job, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        os.kill(job, 9)
        os._exit(99)
    os._exit(os.waitstatus_to_exitcode(status))
try:
    while os.read(terminal, 4096):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(leader, 0)[1]))
