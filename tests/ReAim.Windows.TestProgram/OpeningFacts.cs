using ReAim.Capture.Diverters.WinDivert;
using ReAim.Capture.Diverters.WinDivert.Interop;

namespace ReAim.Windows.TestProgram;

/// <summary>What happens where there is no driver, as under wine.</summary>
internal static class OpeningFacts
{
    public static void Judge(Judge judge) => judge.Fact("a handle that cannot be opened is an error with a sentence", () =>
    {
        var driver = new WinDivertDriver(new WinDivertCalls(), () => { });
        int error = driver.TryOpen(DivertFilter.Is(DivertField.DestinationPort, 5190), DivertLayer.Network, 0, DivertModes.Sniff | DivertModes.ReceiveOnly, out IDivertHandle? handle);
        handle?.Dispose();
        if (error == 0)
        {
            Console.Out.Write("   the driver is there: a handle was opened and closed\n");
            return;
        }

        Console.Out.Write($"   error {error}: {DivertErrors.Sentence(error)}\n");
        TestProgram.Judge.That(DivertErrors.Sentence(error).EndsWith('.'), "no sentence");
    });
}
