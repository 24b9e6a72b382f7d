using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// What a worker may do. The supervisor's starting thread takes these rights itself, for good, because a child has from its
/// first instruction on what the thread had that started it; a .NET process is several threads before its first line.
/// </summary>
internal sealed class ThreadRights
{
    /// <summary>CAP_NET_ADMIN of linux/capability.h: queues, connection tracking, rules.</summary>
    public const ulong NetAdmin = 1UL << 12;

    /// <summary>CAP_NET_RAW: capturing.</summary>
    public const ulong NetRaw = 1UL << 13;

    private const int Root = 0;
    private const int Nobody = 65_534;
    private const int Capabilities = 64;
    private const ulong DacReadSearch = 1UL << 2;
    private const ulong Kill = 1UL << 5;
    private const ulong SetGid = 1UL << 6;
    private const ulong SetUid = 1UL << 7;
    private const ulong SetPcap = 1UL << 8;

    // What it takes to be nobody and root again, and to end a worker that is nobody.
    private const ulong ForNobody = Kill | SetGid | SetUid | SetPcap;

    private readonly int _user;

    private ThreadRights(int user, string? remark) => (_user, Remark) = (user, remark);

    /// <summary>Why a worker may more than intended, as a sentence; null if it does not.</summary>
    public string? Remark { get; }

    /// <summary>Reduces the calling thread's rights to what a worker needs, and what it takes to start one as nobody.</summary>
    /// <param name="wanted">The worker's capabilities, as bits.</param>
    /// <param name="program">The program, whose files the worker must be able to read.</param>
    /// <exception cref="BadInputException">This process itself has not got a wanted capability.</exception>
    public static ThreadRights Reduce(ulong wanted, WorkerProgram program)
    {
        ulong own = LibC.PermittedCapabilities();
        if ((own & wanted) != wanted)
        {
            throw new BadInputException("run needs the right to administer the network (CAP_NET_ADMIN, to listen CAP_NET_RAW too): run it as root.");
        }

        LibC.ProcessControl(LibC.PrctlSetNoNewPrivileges, 1);
        bool isStrict = LibC.ProcessControl(LibC.PrctlSetSecureBits, LibC.SecureNoRootNoFixup) == 0;
        (int user, ulong capabilities, string? remark) = Choose(wanted, own, program, isStrict);
        for (nuint capability = 0; capability < Capabilities; capability++)
        {
            if ((capabilities >> (int)capability & 1) == 0)
            {
                LibC.ProcessControl(LibC.PrctlDropBounding, capability);
            }
        }

        ulong kept = user == Root ? capabilities : capabilities | SetUid | Kill;
        if (!LibC.SetCapabilities(kept, kept, capabilities))
        {
            throw LibC.Failure("giving up capabilities");
        }

        LibC.ProcessControl(LibC.PrctlAmbient, LibC.AmbientClearAll);
        for (nuint capability = 0; capability < Capabilities; capability++)
        {
            if ((capabilities >> (int)capability & 1) != 0
                && LibC.ProcessControl(LibC.PrctlAmbient, LibC.AmbientRaise, capability) != 0)
            {
                throw LibC.Failure("handing capabilities on");
            }
        }

        return new ThreadRights(user, remark);
    }

    /// <summary>
    /// Does something as the worker's user. The thread is that user no longer than this: whoever else is nobody could
    /// end the supervisor through it.
    /// </summary>
    public T AsWorker<T>(Func<T> action)
    {
        if (_user == Root)
        {
            return action();
        }

        Become(_user);
        try
        {
            return action();
        }
        finally
        {
            Become(Root);
        }
    }

    private static (int User, ulong Capabilities, string? Remark) Choose(ulong wanted, ulong own, WorkerProgram program, bool isStrict)
    {
        if (!isStrict || (own & ForNobody) != ForNobody || !TryNobody())
        {
            return (Root, wanted, "the worker runs as root, because this process may not change users; "
                + "give it CAP_SETUID, CAP_SETGID, CAP_SETPCAP and CAP_KILL to run it as nobody.");
        }

        string? unreadable = Unreadable(program, Nobody, wanted);
        if (unreadable is null)
        {
            return (Nobody, wanted, null);
        }

        // A program in some user's private folder: root without its override of permissions cannot read it either.
        bool needsOverride = Unreadable(program, Root, wanted) is not null && (own & DacReadSearch) != 0;
        return (Root, needsOverride ? wanted | DacReadSearch : wanted, $"the worker runs as root with reduced rights, because nobody may not read {unreadable}; "
            + "put the program where everyone may read it, such as /opt/reaim.");
    }

    // A user namespace may not have the id.
    private static bool TryNobody() =>
        LibC.CanChangeIds && LibC.SetThreadGroup(Nobody) && LibC.SetThreadUser(Nobody) && LibC.SetThreadUser(Root);

    /// <summary>The first file of the program that a user with these capabilities cannot use; null if there is none.</summary>
    private static string? Unreadable(WorkerProgram program, int user, ulong capabilities)
    {
        ulong own = LibC.PermittedCapabilities();
        LibC.SetCapabilities(own, capabilities | SetUid, 0);
        Become(user);
        string? unreadable = LibC.MayExecute(program.Path) ? program.Files.FirstOrDefault(file => !LibC.MayRead(file)) : program.Path;
        Become(Root);
        LibC.SetCapabilities(own, own, 0);
        return unreadable;
    }

    private static void Become(int user)
    {
        if (!LibC.SetThreadUser(user))
        {
            throw LibC.Failure("changing the user");
        }
    }
}
