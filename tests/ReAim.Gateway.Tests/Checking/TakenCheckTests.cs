using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Commands;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>What run needs for itself alone.</summary>
[RequiresRoot]
internal sealed class TakenCheckTests : SmallGatewayTests
{
    [Test]
    public void A_queue_that_another_program_has_is_a_problem_that_names_the_program_and_a_number_that_is_free()
    {
        using PacketQueue queue = Take(5190), next = Take(5191);
        string who = $"{File.ReadAllText("/proc/self/comm").Trim()} (process {Environment.ProcessId})";
        Assert.Multiple(() =>
        {
            Assert.That(Gateway.Say(QueueNumberCheck.Look), Is.EqualTo(new[]
            {
                $"Problem: netfilter queue 5190 is used by {who}: choose another number with --queue, such as --queue 5192.",
            }));
            Assert.That(Gateway.Say(QueueNumberCheck.Look, SmallGateway.Options with { Queue = 5192 }), Is.Empty);
            Assert.That(Gateway.Say(QueueNumberCheck.Look, SmallGateway.Options with { ListensOnly = true }), Is.Empty, "who listens needs none");
        });
    }

    [Test]
    public void The_second_queue_must_be_free_too()
    {
        using PacketQueue queue = Take(5191);
        Assert.That(Gateway.Say(QueueNumberCheck.Look).Single(), Does.StartWith("Problem: netfilter queue 5191 is used by ").And.EndsWith("such as --queue 5192."));
    }

    [Test]
    public void Of_a_taken_queue_check_says_what_run_does()
    {
        using PacketQueue queue = Take(5190);
        (int code, string output, _) = Run("check", "--lan", "lan0", "--wan", "wan0");
        (int runCode, _, string error) = Run("run", "--lan", "lan0", "--wan", "wan0");
        Assert.That((code, runCode), Is.EqualTo((ExitCode.BadInput, ExitCode.BadInput)));
        Assert.That(output, Does.Contain("PROBLEM  netfilter queue 5190 is used by "));
        Assert.That(error, Does.StartWith("reaim: netfilter queue 5190 is used by ").And.Contains("choose another number with --queue"));
        Assert.That(Gateway.Ruleset, Does.Not.Contain("reaim"));
    }

    [Test]
    public void The_queue_of_the_ReAim_that_runs_here_is_no_news()
    {
        using PacketQueue queue = Take(5190);
        Assert.That(Gateway.In<Finding[]>(() =>
            [.. QueueNumberCheck.Look(new GatewaySituation(SmallGateway.Options) { Instance = new RunningInstance(Environment.ProcessId, IsRoots: true) })]), Is.Empty);
        Assert.That(Gateway.In<Finding[]>(() =>
            [.. QueueNumberCheck.Look(new GatewaySituation(SmallGateway.Options) { Instance = new RunningInstance(1, IsRoots: true) })]).Single().Severity, Is.EqualTo(Severity.Problem));
    }

    [Test]
    public void A_kernel_without_queues_for_programs_is_a_problem() => Assert.That(
        QueueNumberCheck.Look(new GatewaySituation(SmallGateway.Options) { Queues = new Dictionary<ushort, string>(), TryQueue = _ => QueueOpening.NotSupported }),
        Is.EqualTo(new[] { Finding.Problem("this kernel has no NFQUEUE (nfnetlink_queue)", "load or build it, or use --mode listen") }));

    [Test]
    public void ReAim_running_already_is_a_note_and_check_says_that_run_would_work()
    {
        Assert.That(Gateway.Say(InstanceCheck.Look), Is.Empty);
        using InstanceLock other = Gateway.In(() => InstanceLock.Take());
        Assert.That(Gateway.Say(InstanceCheck.Look).Single(), Is.EqualTo(
            $"Note: reaim runs here already, as process {Environment.ProcessId}: stop that one before you start another; reaim status shows what it does."));
        (int code, string output, _) = Run("check", "--lan", "lan0", "--wan", "wan0");
        Assert.That(code, Is.EqualTo(ExitCode.Success));
        Assert.That(output, Does.Match(@"reaim run would (start|work) once that one is stopped[,.]"));
    }

    [Test]
    public void Another_users_program_under_our_name_is_a_problem() => Assert.That(
        InstanceCheck.Look(new GatewaySituation(SmallGateway.Options) { Instance = new RunningInstance(Environment.ProcessId, IsRoots: false) }).Single(),
        Has.Property(nameof(Finding.Severity)).EqualTo(Severity.Problem).And.Property(nameof(Finding.What)).Contains($"(process {Environment.ProcessId}), which is not reaim"));

    [Test]
    public void A_recording_that_cannot_be_written_is_a_problem_and_one_that_can_leaves_nothing_behind()
    {
        string folder = Directory.CreateTempSubdirectory("reaim-check-").FullName;
        try
        {
            string free = Path.Combine(folder, "free.pcapng"), kept = Path.Combine(folder, "kept.pcapng");
            File.WriteAllText(kept, "kept");
            Assert.Multiple(() =>
            {
                Assert.That(Gateway.Say(RecordCheck.Look, SmallGateway.Options with { Record = free }), Is.Empty);
                Assert.That(Gateway.Say(RecordCheck.Look, SmallGateway.Options with { Record = kept }), Is.Empty);
                Assert.That(Directory.GetFiles(folder), Is.EqualTo(new[] { kept }));
                Assert.That(File.ReadAllText(kept), Is.EqualTo("kept"));
                foreach (string bad in (string[])[folder, Path.Combine(folder, "no", "such"), ""])
                {
                    Assert.That(Gateway.Say(RecordCheck.Look, SmallGateway.Options with { Record = bad }).Single(), Does.StartWith("Problem: --record "));
                }
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_recording_is_never_written_through_a_link_or_into_another_users_file()
    {
        string folder = Directory.CreateTempSubdirectory("reaim-check-").FullName;
        try
        {
            string goal = Path.Combine(folder, "goal"), link = Path.Combine(folder, "link"), dangling = Path.Combine(folder, "dangling");
            string theirs = Path.Combine(folder, "theirs"), pipe = Path.Combine(folder, "pipe");
            File.WriteAllText(goal, "kept");
            File.WriteAllText(theirs, "kept");
            File.CreateSymbolicLink(link, goal);
            File.CreateSymbolicLink(dangling, Path.Combine(folder, "nothing"));
            Shell.Run("chown", ["nobody", theirs]);
            Shell.Run("mkfifo", [pipe]);
            Assert.Multiple(() =>
            {
                Assert.That(Refusal(link), Does.EndWith("/link cannot be written: it is a symbolic link: name the file itself."));
                Assert.That(Refusal(dangling), Does.EndWith("/dangling cannot be written: it is a symbolic link: name the file itself."));
                Assert.That(Refusal(theirs), Does.EndWith("/theirs cannot be written: it belongs to another user: name another file, or remove it."));
                Assert.That(Refusal(pipe), Does.Contain("/pipe cannot be written: "));
                Assert.That(Refusal("/dev/null"), Does.EndWith("/dev/null cannot be written: it is not a regular file."));
                Assert.That((File.ReadAllText(goal), File.ReadAllText(theirs), Path.Exists(Path.Combine(folder, "nothing"))), Is.EqualTo(("kept", "kept", false)));
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Refusal(string path)
        {
            string said = Gateway.Say(RecordCheck.Look, SmallGateway.Options with { Record = path }).Single();
            (int code, _, string error) = Run("run", "--lan", "lan0", "--wan", "wan0", "--record", path);
            Assert.That((code, error.TrimEnd()), Is.EqualTo((ExitCode.BadInput, said.Replace("Problem: ", "reaim: ", StringComparison.Ordinal))), "run says the same");
            return said;
        }
    }

    private PacketQueue Take(ushort number) => Gateway.In(() =>
    {
        Assert.That(PacketQueue.TryOpen(new QueueOptions(number), out PacketQueue? queue, out _), Is.EqualTo(QueueOpening.Bound));
        return queue!;
    });

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = Gateway.In(() => CommandLine.Run(arguments, output, error));
        return (code, output.ToString(), error.ToString());
    }
}
