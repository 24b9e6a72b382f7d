using ReAim.Capture.Translators.WinNat;

namespace ReAim.Capture.Tests.Translators;

/// <summary>Commands go into a program's input and answers come out of it, whatever else it says; a shell script stands in for PowerShell.</summary>
[TestFixture]
internal sealed class PowerShellTests
{
    [Test]
    public void Answers_come_to_those_who_asked_whatever_is_printed_between()
    {
        using var woken = new SemaphoreSlim(0);
        using PowerShell shell = Of("n=0; while read -r line; do n=$((n+1)); echo noise; echo more >&2; echo \"#reaim $n yes answer $n\"; done", woken);
        var answers = new List<string?>();
        shell.Ask("first", (answer, _) => answers.Add(answer));
        shell.Ask("second", (answer, _) => answers.Add(answer));
        Await(woken, shell, () => answers.Count == 2);
        Assert.That(answers, Is.EqualTo(new[] { "answer 1", "answer 2" }));
    }

    [Test]
    public void A_failure_comes_with_its_reason()
    {
        using var woken = new SemaphoreSlim(0);
        using PowerShell shell = Of("read -r line; echo '#reaim 1 no The port is in use.'; cat >/dev/null", woken);
        (string?, string)? result = null;
        shell.Ask("x", (answer, failure) => result = (answer, failure));
        Await(woken, shell, () => result is not null);
        Assert.That(result, Is.EqualTo(((string?)null, "The port is in use")));
    }

    [Test]
    public void When_it_ends_everybody_is_told_and_the_next_command_starts_another()
    {
        using var woken = new SemaphoreSlim(0);
        using PowerShell shell = Of("read -r line; exit", woken);
        var failures = new List<string>();
        shell.Ask("x", (_, failure) => failures.Add(failure));
        Await(woken, shell, () => failures.Count == 1);
        shell.Ask("y", (_, failure) => failures.Add(failure));
        Await(woken, shell, () => failures.Count == 2);
        Assert.That(failures, Is.All.EqualTo("PowerShell has ended"));
    }

    [Test]
    public void A_program_that_is_not_there_is_a_failure()
    {
        using var woken = new SemaphoreSlim(0);
        using var shell = new PowerShell("/nowhere/powershell", [], () => woken.Release());
        string? why = null;
        shell.Ask("x", (_, failure) => why = failure);
        Await(woken, shell, () => why is not null);
        Assert.That(why, Does.StartWith("PowerShell cannot be asked: "));
    }

    [Test]
    public void So_many_commands_at_most_wait_for_it()
    {
        using var woken = new SemaphoreSlim(0);
        using PowerShell shell = Of("cat >/dev/null", woken);
        var failures = new List<string>();
        for (int i = 0; i < 257; i++)
        {
            shell.Ask("x", (_, failure) => failures.Add(failure));
        }

        Await(woken, shell, () => failures.Count > 0);
        Assert.That(failures, Is.EqualTo(new[] { "too many commands wait for PowerShell" }));
    }

    [Test]
    public void A_command_that_takes_too_long_ends_it()
    {
        using var woken = new SemaphoreSlim(0);
        using var shell = new PowerShell("/bin/sh", ["-c", "cat >/dev/null"], () => woken.Release(), TimeSpan.FromMilliseconds(200));
        var failures = new List<string>();
        shell.Ask("x", (_, failure) => failures.Add(failure));
        while (failures.Count == 0)
        {
            woken.Wait(TimeSpan.FromMilliseconds(20));
            shell.Deliver();
        }

        Assert.That(failures, Is.EqualTo(new[] { "PowerShell has ended" }));
    }

    [Test]
    public void A_shell_that_reads_nothing_makes_nobody_wait_who_asks()
    {
        using var woken = new SemaphoreSlim(0);
        using PowerShell shell = Of("exec sleep 1000", woken);
        for (int i = 0; i < 256; i++)
        {
            // Far more than a pipe holds.
            shell.Ask(new string('x', 4_096), (_, _) => { });
        }

        Assert.That(woken.CurrentCount, Is.Zero);
    }

    [Test]
    public void Typographic_quotes_are_quotes_to_it() => Assert.That(PowerShellLine.Quote("a\u2019b"), Is.EqualTo("'a\u2019\u2019b'"));

    [Test]
    public void A_failure_without_words_is_a_failure() =>
        Assert.That((PowerShellLine.TryRead("#reaim 1 no .", out _, out string? answer, out string failure), answer, failure), Is.EqualTo((true, (string?)null, "Windows does not say why")));

    [Test]
    public void Quoted_text_is_text() => Assert.That(PowerShellLine.Quote("a'; Remove-Item C:\\ '"), Is.EqualTo("'a''; Remove-Item C:\\ '''"));

    [TestCase("")]
    [TestCase("#reaim")]
    [TestCase("#reaim x yes 1")]
    [TestCase("#reaim 1")]
    [TestCase("#reaim 1 perhaps")]
    [TestCase("reaim 1 yes 1")]
    public void Other_lines_are_no_answers(string line) => Assert.That(PowerShellLine.TryRead(line, out _, out _, out _), Is.False);

    private static PowerShell Of(string script, SemaphoreSlim woken) => new("/bin/sh", ["-c", script], () => woken.Release());

    private static void Await(SemaphoreSlim woken, PowerShell shell, Func<bool> isDone)
    {
        while (!isDone())
        {
            Assert.That(woken.Wait(TimeSpan.FromSeconds(20)), "an answer");
            shell.Deliver();
        }
    }
}
