using System.Text;
using CsCheck;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Tests.Windows;

internal sealed class WindowsCommandLineTests
{
    private const string Program = @"C:\Program Files\ReAim\reaim.exe";

    [TestCase(new[] { "run" }, "run")]
    [TestCase(new[] { "Ethernet 2" }, "\"Ethernet 2\"")]
    [TestCase(new[] { "" }, "\"\"")]
    [TestCase(new[] { @"C:\a b\" }, @"""C:\a b\\""")]
    [TestCase(new[] { @"C:\ab\" }, @"C:\ab\")]
    [TestCase(new[] { "a\"b" }, @"""a\""b""")]
    [TestCase(new[] { @"a\""b" }, @"""a\\\""b""")]
    public void Arguments_are_quoted_only_where_they_must_be(string[] arguments, string expected) =>
        Assert.That(WindowsCommandLine.Of(Program, arguments), Is.EqualTo($"\"{Program}\" {expected}"));

    [Test]
    public void Windows_takes_it_apart_into_the_same_words() => Gen.Char[" \t\"\\ab&%"].Array[0, 8].Select(letters => new string(letters)).Array[0, 5].Sample(
        arguments => Assert.That(Split(WindowsCommandLine.Of(Program, arguments)), Is.EqualTo((string[])[Program, .. arguments])));

    [TestCase(@"C:\Program Files\""x\reaim.exe")]
    [TestCase(@"reaim.exe")]
    [TestCase(@"\\server\share\reaim.exe")]
    public void A_program_that_cannot_be_named_safely_is_refused(string program) =>
        Assert.That(() => WindowsCommandLine.Of(program, []), Throws.TypeOf<BadInputException>());

    /// <summary>The rules of CommandLineToArgvW, as its documentation has them.</summary>
    private static List<string> Split(string line)
    {
        int i = line.IndexOf('"', 1);
        var words = new List<string> { line[1..i] };
        i++;
        while (true)
        {
            while (i < line.Length && line[i] is ' ' or '\t')
            {
                i++;
            }

            if (i == line.Length)
            {
                return words;
            }

            words.Add(Word(line, ref i));
        }
    }

    private static string Word(string line, ref int i)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        for (; i < line.Length && (isQuoted || line[i] is not (' ' or '\t')); i++)
        {
            int backslashes = 0;
            while (i < line.Length && line[i] == '\\')
            {
                (backslashes, i) = (backslashes + 1, i + 1);
            }

            bool isQuote = i < line.Length && line[i] == '"';
            word.Append('\\', isQuote ? backslashes / 2 : backslashes);
            if (isQuote && backslashes % 2 == 0)
            {
                isQuoted = !isQuoted;
            }
            else if (isQuote)
            {
                word.Append('"');
            }
            else
            {
                // The backslashes were all there was: the next turn takes what follows.
                i -= backslashes > 0 ? 1 : 0;
                word.Append(backslashes > 0 ? "" : line[i].ToString());
            }
        }

        return word.ToString();
    }
}
