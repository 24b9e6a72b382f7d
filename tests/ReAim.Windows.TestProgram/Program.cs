using System.Globalization;
using ReAim.Windows.TestProgram;

// ReAim.Windows.TestProgram RECORDINGS [SEED]
//   tries WinDivert.dll, which must lie beside it, with the packets of a folder's recordings and with random ones.
//   One line for each fact, FAIL before those that are none; the last line says: N passed, N failed.
if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: ReAim.Windows.TestProgram RECORDINGS [SEED]");
    return 2;
}

int seed = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var judge = new Judge(Console.Out);
var packets = new PacketSource(args[0], seed);
LayoutFacts.Judge(judge);
FilterFacts.Judge(judge, packets, seed);
PacketFacts.Judge(judge, packets);
OpeningFacts.Judge(judge);
return judge.Conclude();
