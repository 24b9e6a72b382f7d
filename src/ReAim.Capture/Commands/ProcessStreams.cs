using System.Text;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Commands;

/// <summary>The standard streams that this process was started with; one that was closed is as if it led nowhere.</summary>
internal static class ProcessStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;
    private const string Nowhere = "/dev/null";

    /// <summary>What keeps the numbers of closed streams from other files, for as long as the process lives.</summary>
    private static readonly List<SafeFileHandle> s_fillers = [];

    /// <summary>Opens them.</summary>
    public static StandardStreams Open()
    {
        bool[] isOpen = [IsOpen(Input, writes: false), IsOpen(Output, writes: true), IsOpen(Error, writes: true)];
        if (isOpen.Contains(false))
        {
            FillClosed();
        }

        Encoding? encoding = OperatingSystem.IsWindows() ? null : LocaleEncoding.Read(Environment.GetEnvironmentVariable);
        return new StandardStreams(
            Writer(isOpen[Output], Console.Out, Console.OpenStandardOutput, encoding),
            Writer(isOpen[Error], Console.Error, Console.OpenStandardError, encoding))
        {
            OpenInput = isOpen[Input] ? OpenInput : null,
            OpenOutput = isOpen[Output] ? OpenOutput : null,
            Colours = Ansi.ForConsole,
        };
    }

    private static bool IsOpen(int descriptor, bool writes) => !OperatingSystem.IsLinux() || LibC.IsInherited(descriptor, writes);

    /// <summary>A file that is opened next takes the lowest free number: a report must not get into it.</summary>
    private static void FillClosed()
    {
        while (File.Exists(Nowhere))
        {
            SafeFileHandle filler = File.OpenHandle(Nowhere, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (filler.DangerousGetHandle() > Error)
            {
                filler.Dispose();
                return;
            }

            s_fillers.Add(filler);
        }
    }

    private static TextWriter Writer(bool isOpen, TextWriter usual, Func<Stream> open, Encoding? encoding) =>
        !isOpen ? TextWriter.Null
        : encoding is null ? usual
        : TextWriter.Synchronized(new StreamWriter(open(), encoding) { AutoFlush = true });

    private static Stream OpenInput() => Console.IsInputRedirected
        ? Console.OpenStandardInput()
        : throw new BadInputException("standard input is a terminal: lead a capture into it, as in tcpdump -w - | reaim inspect -.");

    private static Stream OpenOutput() => Console.IsOutputRedirected
        ? Console.OpenStandardOutput()
        : throw new BadInputException("standard output is a terminal, on which packets cannot be read: lead it into a file or a program.");
}
