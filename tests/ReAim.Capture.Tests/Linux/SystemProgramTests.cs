using ReAim.Capture.Programs;

namespace ReAim.Capture.Tests.Linux;

[NonParallelizable]
internal sealed class SystemProgramTests
{
    private const int Runs = 100;

    /// <summary>A supervisor runs programs for months, and so little else that no garbage collection closes anything for it.</summary>
    [TestCase("cat", "what it reads")]
    [TestCase("true", "what it does not read")]
    public void A_program_that_has_ended_leaves_no_descriptor(string name, string input)
    {
        SystemProgram program = SystemProgram.Find(name)!;
        program.Run([], input);
        int before = OpenDescriptors();
        for (int i = 0; i < Runs; i++)
        {
            Assert.That(program.Run([], input).Succeeded);
        }

        Assert.That(OpenDescriptors(), Is.LessThan(before + (Runs / 10)));
    }

    [Test]
    public void A_program_gets_its_input_and_its_words_come_back() =>
        Assert.That(SystemProgram.Find("cat")!.Run([], "one\ntwo").Output, Is.EqualTo("one\ntwo"));

    [Test]
    public void A_program_that_does_not_end_in_its_time_is_stopped()
    {
        ProgramResult result = SystemProgram.Find("sleep")!.Run(["60"], time: TimeSpan.FromMilliseconds(50));
        Assert.That(result.ExitCode, Is.EqualTo(ProgramResult.TimedOut));
        Assert.That(result.Complaint, Does.StartWith("sleep did not end within"));
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
