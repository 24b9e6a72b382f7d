using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Supervision;

[RequiresRoot]
internal sealed partial class WorkerRightsTests
{
    private const string NetAdmin = "0000000000001000";
    private const string NetAdminAndReadSearch = "0000000000001004";
    private const string NetAdminAndRaw = "0000000000003000";

    [Test]
    public void Every_thread_of_a_worker_is_nobody_with_one_capability_and_gets_no_more()
    {
        using var world = new NetNamespace("rights");
        using SupervisedRun run = SupervisedRun.Start(world);
        Expect(run.Worker, "65534", NetAdmin, NetAdmin);
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.OfAllThreads(run.Worker, "Gid"), Is.EqualTo(new[] { "65534 65534 65534 65534" }));
            Assert.That(ThreadStatus.OfAllThreads(run.Worker, "Groups"), Is.EqualTo(new[] { "" }));
        });
    }

    [Test]
    public void A_worker_runs_before_others_do()
    {
        using var world = new NetNamespace("rights");
        using SupervisedRun run = SupervisedRun.Start(world);
        Assert.That(ThreadStatus.Nice(run.Worker), Is.EqualTo(-10));
    }

    [Test]
    public void A_supervisor_keeps_its_rights_and_no_thread_of_it_stays_nobody()
    {
        using var world = new NetNamespace("rights");
        string[] own = ThreadStatus.OfAllThreads(Environment.ProcessId, "CapEff");
        using SupervisedRun run = SupervisedRun.Start(world);
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.OfAllThreads(run.Supervisor, "CapEff"), Does.Contain(own[0]));
            Assert.That(ThreadStatus.OfAllThreads(run.Supervisor, "Uid"), Is.EqualTo(new[] { "0 0 0 0" }));
        });
    }

    [Test]
    public void A_listening_worker_may_capture_too()
    {
        using Run run = StartHere(TestProgramFiles.Program, ThreadRights.NetAdmin | ThreadRights.NetRaw);
        Expect(run.Worker.Id, "65534", NetAdminAndRaw, NetAdminAndRaw);
    }

    [Test]
    public void A_program_in_roots_private_folder_runs_as_root_with_no_more_capabilities()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reaim-private-");
        try
        {
            using Run run = StartHere(TestProgramFiles.CopyFor(folder.FullName, owner: 0), ThreadRights.NetAdmin);
            Expect(run.Worker.Id, "0", NetAdmin, NetAdmin);
            Assert.That(run.Starter.Remark, Does.Contain("nobody may not read " + folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void A_program_in_a_users_private_folder_may_also_be_read()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reaim-private-");
        try
        {
            using Run run = StartHere(TestProgramFiles.CopyFor(folder.FullName, owner: 1000), ThreadRights.NetAdmin);
            Expect(run.Worker.Id, "0", NetAdminAndReadSearch, NetAdminAndReadSearch);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void A_supervisor_that_may_not_change_users_gives_its_worker_no_more_capabilities_either()
    {
        using var world = new NetNamespace("rights");
        using SupervisedRun run = SupervisedRun.StartWith(world, null, ["setpriv", "--bounding-set", "-setpcap"], "steady");
        Expect(run.Worker, "0", NetAdmin, bounding: null);
        Assert.That(run.Lines, Has.Some.Contains("the worker runs as root, because this process may not change users"));
    }

    [Test]
    public void Without_the_right_to_administer_the_network_nothing_is_started()
    {
        using var world = new NetNamespace("rights");
        using SupervisedRun run = SupervisedRun.Launch(world, null, ["setpriv", "--bounding-set", "-net_admin"], "steady");
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(5000), Is.EqualTo(2));
            Assert.That(run.Lines, Has.Length.EqualTo(1));
            Assert.That(run.Lines[0], Does.Contain("CAP_NET_ADMIN"));
        });
    }

    [Test]
    public void A_worker_gets_no_file_but_those_meant_for_it()
    {
        (SafeFileHandle read, SafeFileHandle write) = LibC.Pipe();
        using (read)
        using (write)
        using (SafeFileHandle leak = Duplicate(read))
        {
            // Unlike the pipe itself, a copy made so is inherited by every program that is started, unless somebody sees to it.
            string file = new FileInfo($"/proc/self/fd/{leak.DangerousGetHandle()}").LinkTarget!;
            using Run run = StartHere(TestProgramFiles.Program, ThreadRights.NetAdmin);
            IEnumerable<string?> files = Directory.EnumerateFiles($"/proc/{run.Worker.Id}/fd").Select(path => new FileInfo(path).LinkTarget);
            Assert.That(files.ToArray(), Has.None.EqualTo(file));
        }
    }

    [Test]
    public void A_worker_whose_supervisor_was_gone_before_it_began_ends_by_itself()
    {
        var starter = new WorkerStarter(TestProgramFiles.Program, ThreadRights.NetAdmin);
        using var world = new NetNamespace("rights");
        using InstanceLock instance = world.Inside(() => InstanceLock.Take());
        WorkerProcess worker = starter.Start(
            ticks => ["worker", "steady", .. new WorkerLink(ticks, instance.Descriptor, null, null, null, null, new WorkerHistory(0, 0)).ToArguments()], [instance.Descriptor]);
        worker.Dispose();
        WorkerEnd end = default;
        Assert.That(SupervisedRun.Eventually(() => worker.TryTakeEnd(out end), 10_000), Is.True);
        Assert.That(end.Code, Is.Zero, end.ToString());
    }

    [Test]
    public void A_workers_runtime_makes_no_files()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reaim-tmp-");
        Shell.Run("chmod", "1777", folder.FullName);
        using var world = new NetNamespace("rights");
        using (SupervisedRun run = SupervisedRun.StartWith(
            world,
            start =>
            {
                start.Environment.Remove("DOTNET_EnableDiagnostics");
                start.Environment["TMPDIR"] = folder.FullName;
            },
            [],
            "steady"))
        {
            Assert.That(folder.EnumerateFileSystemInfos().Select(file => file.Name).ToArray(), Has.None.Contains($"-{run.Worker}-"));
        }

        folder.Delete(recursive: true);
    }

    private static void Expect(int worker, string user, string capabilities, string? bounding)
    {
        Assert.That(ThreadStatus.Count(worker), Is.GreaterThan(1), "a runtime has several threads");
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.OfAllThreads(worker, "Uid"), Is.EqualTo(new[] { $"{user} {user} {user} {user}" }));
            Assert.That(ThreadStatus.OfAllThreads(worker, "CapEff"), Is.EqualTo(new[] { capabilities }));
            Assert.That(ThreadStatus.OfAllThreads(worker, "CapPrm"), Is.EqualTo(new[] { capabilities }));
            Assert.That(ThreadStatus.OfAllThreads(worker, "NoNewPrivs"), Is.EqualTo(new[] { "1" }));
            if (bounding is not null)
            {
                Assert.That(ThreadStatus.OfAllThreads(worker, "CapBnd"), Is.EqualTo(new[] { bounding }));
            }
        });
    }

    /// <summary>Starts a worker from this process, and waits for its first tick.</summary>
    private static Run StartHere(WorkerProgram program, ulong capabilities)
    {
        using var world = new NetNamespace("rights");
        InstanceLock instance = world.Inside(() => InstanceLock.Take());
        var starter = new WorkerStarter(program, capabilities);
        WorkerProcess worker = starter.Start(
            ticks => ["worker", "steady", .. new WorkerLink(ticks, instance.Descriptor, null, null, null, null, new WorkerHistory(0, 0)).ToArguments()], [instance.Descriptor]);
        var run = new Run(starter, worker, instance);
        Assert.That(SupervisedRun.Eventually(worker.TakeTicks, 10_000), Is.True, "it does not tick");
        return run;
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial SafeFileHandle Duplicate(SafeFileHandle file);

    private sealed record Run(WorkerStarter Starter, WorkerProcess Worker, InstanceLock Instance) : IDisposable
    {
        public void Dispose()
        {
            Worker.End();
            Worker.Dispose();
            Instance.Dispose();
        }
    }
}
