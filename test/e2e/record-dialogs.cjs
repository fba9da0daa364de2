// Put into the app with `-r`: a message box is written to the file that TEST_DIALOGS names, and answered by the number
// that then stands in the file beside it. Nobody is there to click on a real one.
const fs = require('node:fs');
const { clipboard, dialog } = require('electron');

const file = process.env.TEST_DIALOGS;
let count = 0;
let copied = '';

const write = clipboard.writeText.bind(clipboard);
clipboard.writeText = (text) => {
  copied = text;
  return write(text);
};

dialog.showMessageBox = ({ message, detail, buttons }) => {
  count += 1;
  const answer = `${file}.answer-${count}`;
  fs.writeFileSync(`${file}-${count}.new`, JSON.stringify({ message, detail, buttons, copied }));
  fs.renameSync(`${file}-${count}.new`, `${file}-${count}`);
  return new Promise((resolve) => {
    const look = () => {
      if (!fs.existsSync(answer)) return;
      clearInterval(timer);
      resolve({ response: Number(fs.readFileSync(answer, 'utf8')), checkboxChecked: false });
    };
    const timer = setInterval(look, 20);
  });
};
