using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Files that only root may read, in folders that others may write to.</summary>
internal static partial class LibC
{
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const uint CreatedMode = 0x180; // rw-------
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;
    private const int UserOffset = 20;
    private const int ModeOffset = 28;
    private const int StatusLength = 256;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularType = 0x8000;

    // O_NOFOLLOW has another value on these (asm/fcntl.h).
    private static readonly int s_noFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    /// <summary>
    /// Opens a file to write that nobody else has a part in: a new one that only its owner may read, or a regular file of this
    /// process's user. Its last name must not be a symbolic link, which whoever may write to the folder could have put there. What is in
    /// the file stays.
    /// </summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="IOException">It is something else, or cannot be opened.</exception>
    public static SafeFileHandle OpenOwn(string path)
    {
        const int Write = WriteOnly | NonBlocking | CloseOnExec;
        int descriptor = Open(path, Write | Create | Exclusive | s_noFollow, CreatedMode);
        bool isNew = descriptor >= 0;
        if (!isNew && LastError == Errno.Exists)
        {
            descriptor = Open(path, Write | s_noFollow, CreatedMode);
        }

        if (descriptor < 0)
        {
            throw new IOException(LastError == Errno.Loop ? "it is a symbolic link: name the file itself" : Marshal.GetLastPInvokeErrorMessage());
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> status = stackalloc byte[StatusLength];
        bool isKnown = Statx(file, "", EmptyPath, BasicStatus, status) == 0;
        bool isRegular = (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) == RegularType;
        if (!isNew && !(isKnown && isRegular && MemoryMarshal.Read<uint>(status[UserOffset..]) == GetEffectiveUser()))
        {
            file.Dispose();
            throw new IOException(isRegular ? "it belongs to another user: name another file, or remove it" : "it is not a regular file");
        }

        return file;
    }

    /// <summary>Lets only a file's owner read and write it: fchmod(2).</summary>
    /// <exception cref="IOException">It cannot be so.</exception>
    public static void MakePrivate(SafeFileHandle file)
    {
        if (ChangeMode(file, CreatedMode) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
